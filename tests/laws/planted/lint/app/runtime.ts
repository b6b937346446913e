// breaks: nothing
export const onNode = process.env.NEXT_RUNTIME === "nodejs";
