"""Event payloads and their signatures; sends one message through `outbound`, never to a private address."""
