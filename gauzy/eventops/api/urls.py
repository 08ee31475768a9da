from django.urls import path

from gauzy.eventops.api.views import DeliveryViewSet, EventViewSet

urlpatterns = [
    path("events", EventViewSet.as_view({"get": "list"})),
    path("events/<uuid:event_id>", EventViewSet.as_view({"get": "retrieve"})),
    path("events/<uuid:event_id>/deliveries/<str:handler>/retry", DeliveryViewSet.as_view({"post": "retry"})),
    path("events/<uuid:event_id>/deliveries/<str:handler>/skip", DeliveryViewSet.as_view({"post": "skip"})),
    path("events/<uuid:event_id>/deliveries/<str:handler>/edit", DeliveryViewSet.as_view({"post": "edit"})),
    path("deliveries", DeliveryViewSet.as_view({"get": "list"})),
]
