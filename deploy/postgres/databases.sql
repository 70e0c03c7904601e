-- Run once by the PostgreSQL image, when its data folder is new: a database for each service.
CREATE DATABASE registry;
CREATE DATABASE router;
CREATE DATABASE metrics;
