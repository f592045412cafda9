-- Run by `postgres-start` in single-user mode, in astradb, at every start: an empty line after a semicolon ends a
-- statement there, so the blocks have none inside. The server reads the secret files itself: no password passes
-- through a shell or an argument list.
DO $reconcile$
DECLARE
  secrets CONSTANT text := '/run/secrets/';
  -- What a file holds, without the line break that an editor may have added.
  file text;
  role text;
  domain text;
BEGIN
  ALTER DATABASE astradb OWNER TO astra_admin;
  REVOKE ALL ON DATABASE astradb FROM PUBLIC;
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  FOR file IN SELECT name FROM pg_ls_dir(secrets) AS name WHERE name ~ '^postgres_[a-z0-9_]+$' ORDER BY name LOOP
    role := CASE file
      WHEN 'postgres_admin' THEN 'astra_admin'
      WHEN 'postgres_monitor' THEN 'astra_monitor'
      ELSE substr(file, length('postgres_') + 1)
    END;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I', role);
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', role, rtrim(pg_read_file(secrets || file), E'\r\n'));
    EXECUTE format('GRANT CONNECT ON DATABASE astradb TO %I', role);
    IF role <> 'astra_admin' THEN
      -- A role takes a part of the connections at most, so that one service never locks the others out.
      EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT %s',
        role, CASE WHEN role LIKE '%\_app' THEN 100 ELSE 10 END);
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'astra_monitor') THEN
    GRANT pg_monitor TO astra_monitor;
  END IF;
  FOR domain IN
    SELECT substring(owner FROM '^postgres_([a-z0-9_]+)_owner$') FROM pg_ls_dir(secrets) AS owner
    WHERE owner ~ '^postgres_[a-z0-9_]+_owner$'
      AND regexp_replace(owner, '_owner$', '_app') IN (SELECT pg_ls_dir(secrets)) ORDER BY 1
  LOOP
    EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', domain);
    EXECUTE format('ALTER SCHEMA %I OWNER TO %I', domain, domain || '_owner');
    EXECUTE format('REVOKE ALL ON SCHEMA %I FROM PUBLIC', domain);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', domain, domain || '_app');
    -- Defaults for what migrations create. Grants on tables that stand already are left alone: a migration may have
    -- taken some away on purpose (an append-only ledger).
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I',
      domain || '_owner', domain, domain || '_app');
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE, SELECT ON SEQUENCES TO %I',
      domain || '_owner', domain, domain || '_app');
    EXECUTE format('ALTER ROLE %I SET search_path = %I', domain || '_owner', domain);
    EXECUTE format('ALTER ROLE %I SET search_path = %I', domain || '_app', domain);
  END LOOP;
END
$reconcile$;
