import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { connect } from "kodama-client";
import Page from "./page.jsx";
import "./page.css";

const name = new URLSearchParams(location.search).get("name") ?? "Guest";
const hub = connect("ws://localhost:8080/ws", { details: { name }, session: sessionStorage });

createRoot(document.body).render(
  <StrictMode>
    <Page hub={hub} />
  </StrictMode>,
);
