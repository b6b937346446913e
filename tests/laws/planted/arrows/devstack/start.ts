export const start = (): string => "up";
