/** Calls the operator's part of the gateway, with the operator's key. */

import { call } from "../api.js";
import { settings } from "../settings.js";

const ROOT = "/v1/operator";

/** The JSON answer to one call; raises ApiError. */
export function ask(method, path, options = {}) {
  return call(method, `${ROOT}/${path}`, { key: settings.operatorKey, ...options });
}

/** Whether `error` tells that the key is not the operator's. */
export function isRefusedKey(error) {
  return error.status === 401 || error.status === 403;
}
