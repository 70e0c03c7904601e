"""The facts of organizations: where they lie, who has them, whom a counterexample affects."""
