import { handle } from "@/app/_http/handle";
import { readExercise } from "@/lib/learning/content/practise";
import { readExerciseOperation } from "../../_operations/learning";

export const GET = handle(readExerciseOperation, async ({ params }) => ({
  status: 200,
  body: readExercise(params.id),
}));
