"""GraphQL schemas in one or many SDL files: splitting, reading, comparison; and operations as evidence of use."""
