import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import Page from "./page.jsx";
import "./page.css";

// What Next.js does by itself for app/page.jsx.
createRoot(document.body).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
