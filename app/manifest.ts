import type { MetadataRoute } from "next";

export default function manifest(): MetadataRoute.Manifest {
  return {
    name: "DevMentor",
    short_name: "DevMentor",
    description: "Learn from your own code. Give, and follow every cent.",
    start_url: "/",
    display: "browser",
    background_color: "#fbfaf8",
    theme_color: "#fbfaf8",
    icons: [{ src: "/icon.svg", sizes: "any", type: "image/svg+xml" }],
  };
}
