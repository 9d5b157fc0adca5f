import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** Somebody's own page, empty at first, of another origin than the hub's. */
export class PageServer {
  origin = "";
  html = "<!doctype html><title>Page</title>";

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PageServer> {
    const server = createServer((_, response) => response.setHeader("Content-Type", "text/html; charset=utf-8").end(pages.html));
    const pages = new PageServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    pages.origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    return pages;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
