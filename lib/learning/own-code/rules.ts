/**
 * What somebody agrees to. A change of its meaning is a new version, and who agreed to an older one is not asked to have agreed
 * to the new one: their word stands for what they read.
 */
export const CONSENT = {
  version: 1,
  title: "Exercises from your own code",
  points: [
    "We read the repository again at the commit that was analysed, look for short functions that can stand alone, and run them in a closed sandbox to make exercises of them.",
    "We keep those functions (each of 30 lines at most, and no more than 40 exercises an analysis and 200 in all), with file and line. Only you see them. They are not sent to any model.",
    "They go with the analysis, with a pattern seen there that you delete, and with your account. If you take this back, they are deleted at once and for good; what you learned stays.",
  ],
} as const;
