export const browserClient = (): string => "browser";
