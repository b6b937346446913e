// breaks: platform-on-its-ground
import { send } from "../mail/send";
export const read = send;
