"""The local store: immutable paths, their records and their making."""
