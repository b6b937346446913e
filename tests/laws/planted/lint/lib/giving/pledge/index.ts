// breaks: oxc(no-barrel-file)
export * from "./rules";
