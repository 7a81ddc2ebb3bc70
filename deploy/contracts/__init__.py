"""The published contracts: AsyncAPI, JSON Schema and OpenAPI, generated from the code and gated against it."""
