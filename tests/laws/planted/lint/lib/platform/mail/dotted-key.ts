// breaks: node(no-process-env)
export const key = process.env.RESEND_API_KEY;
