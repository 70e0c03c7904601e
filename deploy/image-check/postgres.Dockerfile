# Stands in for the official PostgreSQL image where it can't be pulled; for image-check.sh only.
ARG BASE
FROM ${BASE}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql
COPY deploy/image-check/postgres-entrypoint.sh /entrypoint.sh
ENTRYPOINT ["sh", "/entrypoint.sh"]
