// breaks: typescript(no-explicit-any)
export const parse = (value: any): string => String(value);
