"""Points as most Django services take them: a serializer for each, one bulk_create for all."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wangge.config.urls import urlpatterns as ours

TABLE = """
CREATE TABLE bench_point (id bigserial PRIMARY KEY, user_id bigint NOT NULL, at timestamptz NOT NULL,
  lon float8 NOT NULL, lat float8 NOT NULL, accuracy_m float8 NOT NULL, mock boolean NOT NULL);
CREATE INDEX bench_point_user ON bench_point (user_id, at)
"""


class Point(models.Model):
    id = models.BigAutoField(primary_key=True)
    user_id = models.BigIntegerField()
    at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()
    accuracy_m = models.FloatField()
    mock = models.BooleanField()

    class Meta:
        app_label = "patrols"
        db_table = "bench_point"
        managed = False


class PointSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Point
        fields = ("at", "lon", "lat", "accuracy_m", "mock")


class Points(APIView):
    def post(self, request: Request) -> Response:
        given = PointSerializer(data=request.data, many=True)
        given.is_valid(raise_exception=True)
        user_id = request.user.pk
        Point.objects.bulk_create(Point(user_id=user_id, **one) for one in given.validated_data)
        return Response({"kept": len(given.validated_data)})


urlpatterns = [path("api/peer/points", Points.as_view()), *ours]
