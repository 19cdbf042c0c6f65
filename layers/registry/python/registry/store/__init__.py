"""DynamoDB, and the client that calls it: the only place that imports botocore or boto3."""
