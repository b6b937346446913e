// breaks: eslint(no-new), oxc(missing-throw)
export const check = (ok: boolean): void => {
  if (!ok) new Error("not ok");
};
