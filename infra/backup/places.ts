/** Where the stores' images keep their data; the volumes lie there. */
export const POSTGRES_PATH = "/var/lib/postgresql";
export const REDIS_PATH = "/data";

/** Folder in a volume for what is being restored: no start of the platform's stores looks there. */
export const LOADING_FOLDER = "restoring";
/** Folder with what was there before, until the restored platform is up. */
export const BEFORE_FOLDER = "before-restore";
