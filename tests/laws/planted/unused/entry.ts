import { used } from "./used";
import pino from "pino";
pino().info(used);
