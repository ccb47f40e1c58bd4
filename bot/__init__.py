"""The only door for WeChat's pushes and the applicant's pages; it holds no rule of the business."""
