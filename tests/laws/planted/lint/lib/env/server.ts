// breaks: nothing
export const url = process.env["APP_URL"];
