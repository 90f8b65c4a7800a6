"""The handlers of all operations, as a table for the dispatcher."""

from collections.abc import Callable, Mapping
from typing import Any

from services.engine.api import (
    batch_jobs,
    campaigns,
    dataset_groups,
    datasets,
    event_trackers,
    events,
    export_jobs,
    filters,
    import_jobs,
    ranking,
    recipes,
    recommendations,
    records,
    schemas,
    solution_versions,
    solutions,
    tags,
)
from services.engine.api.actions import put
from services.engine.api.actions import recommendations as action_recommendations
from services.engine.api.attribution import metric_attributions
from services.engine.api.domains import recommenders
from services.engine.api.jobs import deletion_jobs, segment_jobs
from services.engine.context import EngineContext

Handler = Callable[[EngineContext, dict[str, Any]], dict[str, Any]]

_CONTROL_PLANE: dict[str, Handler] = {
    "CreateBatchInferenceJob": batch_jobs.create_batch_inference_job,
    "CreateBatchSegmentJob": segment_jobs.create_batch_segment_job,
    "CreateCampaign": campaigns.create_campaign,
    "CreateDataDeletionJob": deletion_jobs.create_data_deletion_job,
    "CreateDataset": datasets.create_dataset,
    "CreateDatasetExportJob": export_jobs.create_dataset_export_job,
    "CreateDatasetGroup": dataset_groups.create_dataset_group,
    "CreateDatasetImportJob": import_jobs.create_dataset_import_job,
    "CreateEventTracker": event_trackers.create_event_tracker,
    "CreateFilter": filters.create_filter,
    "CreateMetricAttribution": metric_attributions.create_metric_attribution,
    "CreateRecommender": recommenders.create_recommender,
    "CreateSchema": schemas.create_schema,
    "CreateSolution": solutions.create_solution,
    "CreateSolutionVersion": solution_versions.create_solution_version,
    "DeleteCampaign": campaigns.delete_campaign,
    "DeleteDataset": datasets.delete_dataset,
    "DeleteDatasetGroup": dataset_groups.delete_dataset_group,
    "DeleteEventTracker": event_trackers.delete_event_tracker,
    "DeleteFilter": filters.delete_filter,
    "DeleteMetricAttribution": metric_attributions.delete_metric_attribution,
    "DeleteRecommender": recommenders.delete_recommender,
    "DeleteSchema": schemas.delete_schema,
    "DeleteSolution": solutions.delete_solution,
    "DescribeAlgorithm": recipes.describe_algorithm,
    "DescribeBatchInferenceJob": batch_jobs.describe_batch_inference_job,
    "DescribeBatchSegmentJob": segment_jobs.describe_batch_segment_job,
    "DescribeCampaign": campaigns.describe_campaign,
    "DescribeDataDeletionJob": deletion_jobs.describe_data_deletion_job,
    "DescribeDataset": datasets.describe_dataset,
    "DescribeDatasetExportJob": export_jobs.describe_dataset_export_job,
    "DescribeDatasetGroup": dataset_groups.describe_dataset_group,
    "DescribeDatasetImportJob": import_jobs.describe_dataset_import_job,
    "DescribeEventTracker": event_trackers.describe_event_tracker,
    "DescribeFeatureTransformation": recipes.describe_feature_transformation,
    "DescribeFilter": filters.describe_filter,
    "DescribeMetricAttribution": metric_attributions.describe_metric_attribution,
    "DescribeRecipe": recipes.describe_recipe,
    "DescribeRecommender": recommenders.describe_recommender,
    "DescribeSchema": schemas.describe_schema,
    "DescribeSolution": solutions.describe_solution,
    "DescribeSolutionVersion": solution_versions.describe_solution_version,
    "GetSolutionMetrics": solution_versions.get_solution_metrics,
    "ListBatchInferenceJobs": batch_jobs.list_batch_inference_jobs,
    "ListBatchSegmentJobs": segment_jobs.list_batch_segment_jobs,
    "ListCampaigns": campaigns.list_campaigns,
    "ListDataDeletionJobs": deletion_jobs.list_data_deletion_jobs,
    "ListDatasetExportJobs": export_jobs.list_dataset_export_jobs,
    "ListDatasetGroups": dataset_groups.list_dataset_groups,
    "ListDatasetImportJobs": import_jobs.list_dataset_import_jobs,
    "ListDatasets": datasets.list_datasets,
    "ListEventTrackers": event_trackers.list_event_trackers,
    "ListFilters": filters.list_filters,
    "ListMetricAttributionMetrics": metric_attributions.list_metric_attribution_metrics,
    "ListMetricAttributions": metric_attributions.list_metric_attributions,
    "ListRecipes": recipes.list_recipes,
    "ListRecommenders": recommenders.list_recommenders,
    "ListSchemas": schemas.list_schemas,
    "ListSolutionVersions": solution_versions.list_solution_versions,
    "ListSolutions": solutions.list_solutions,
    "ListTagsForResource": tags.list_tags_for_resource,
    "StartRecommender": recommenders.start_recommender,
    "StopRecommender": recommenders.stop_recommender,
    "StopSolutionVersionCreation": solution_versions.stop_solution_version_creation,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateCampaign": campaigns.update_campaign,
    "UpdateDataset": datasets.update_dataset,
    "UpdateMetricAttribution": metric_attributions.update_metric_attribution,
    "UpdateRecommender": recommenders.update_recommender,
    "UpdateSolution": solutions.update_solution,
}
_RUNTIME: dict[str, Handler] = {
    "GetActionRecommendations": action_recommendations.get_action_recommendations,
    "GetPersonalizedRanking": ranking.get_personalized_ranking,
    "GetRecommendations": recommendations.get_recommendations,
}
_EVENTS: dict[str, Handler] = {
    "PutActionInteractions": put.put_action_interactions,
    "PutActions": put.put_actions,
    "PutEvents": events.put_events,
    "PutItems": records.put_items,
    "PutUsers": records.put_users,
}

HANDLERS: Mapping[tuple[str, str], Handler] = {
    **{("personalize", operation): handler for operation, handler in _CONTROL_PLANE.items()},
    **{("personalize-runtime", operation): handler for operation, handler in _RUNTIME.items()},
    **{("personalize-events", operation): handler for operation, handler in _EVENTS.items()},
}
