// breaks: not-to-test
import "./rules.test";
export const borrowed = true;
