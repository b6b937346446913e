// breaks: eslint(no-empty)
export const swallow = (act: () => void): void => {
  try {
    act();
  } catch {}
};
