// breaks: import(no-default-export)
export default function Badge() {
  return <span>new</span>;
}
