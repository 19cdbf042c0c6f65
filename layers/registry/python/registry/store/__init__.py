"""DynamoDB: the only place that imports botocore or boto3."""
