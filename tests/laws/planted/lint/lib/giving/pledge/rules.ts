// breaks: nothing
export const minimum = 100;
export const isEnough = (amountMinor: number): boolean => amountMinor >= minimum;
