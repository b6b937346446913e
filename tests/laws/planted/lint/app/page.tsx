// breaks: nothing
export default function Page() {
  return <h1>DevMentor</h1>;
}
