export { connect } from "./connect";
export { KodamaError } from "./api/error";
export type * from "./api/hub";
export type * from "./api/messages";
export type * from "./api/options";
export type * from "./api/room";
