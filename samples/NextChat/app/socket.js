"use client";

import { io } from "socket.io-client";

// Without an address it is the page's own host: the hub that serves the page. Pages are also made where there is no window, by the build.
export const socket = io(process.env.NEXT_PUBLIC_HUB, { autoConnect: typeof window !== "undefined" });
