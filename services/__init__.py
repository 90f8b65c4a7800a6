"""What the screens ask for: plain functions over boto3 clients and pandas, without Streamlit."""
