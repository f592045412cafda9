/**
 * A service says with this header that it did nothing with a request, since it has not finished starting. Whoever passed the
 * request on may give it to another instance, whatever its method.
 */
export const UNTOUCHED_HEADER = "x-astra-untouched";
