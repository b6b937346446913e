// breaks: jsx-a11y(alt-text), next(no-img-element)
export const Picture = () => <img src="/a.png" />;
