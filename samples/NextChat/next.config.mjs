/** Pages as files in `out`, which any server can serve, and the hub too. */
export default { output: "export" };
