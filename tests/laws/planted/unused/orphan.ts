export const orphan = "orphan";
