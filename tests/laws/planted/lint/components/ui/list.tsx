// breaks: react(jsx-key)
export const List = ({ items }: { items: readonly string[] }) => <ul>{items.map((item) => <li>{item}</li>)}</ul>;
