declare module "ws" {
  export const WebSocket: new (url: string, protocols: string) => object;
}
