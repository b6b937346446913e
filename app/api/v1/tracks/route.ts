import { handle } from "@/app/_http/handle";
import { listTracks } from "@/lib/learning/content/practise";
import { listTracksOperation } from "../_operations/learning";

export const GET = handle(listTracksOperation, async () => ({ status: 200, body: listTracks() }));
