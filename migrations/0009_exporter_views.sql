-- What the OpenTelemetry exporter for ClickHouse would have stored, for tools that expect its tables: its columns, with
-- Project and SeriesHash behind them, and what it loses: exact integers (ValueInt where ValueKind is 'int'), absent sums
-- (NULL), the zero threshold. Points that came twice are one. Conditions on Project, MetricName and TimeUnix reach the
-- keys of all joined tables, because they are the columns of the joins.

CREATE VIEW otel_metrics_gauge ${on_cluster} AS
SELECT
    s.ResourceAttributes AS ResourceAttributes, s.ResourceSchemaUrl AS ResourceSchemaUrl,
    s.ScopeName AS ScopeName, s.ScopeVersion AS ScopeVersion, s.ScopeAttributes AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount, s.ScopeSchemaUrl AS ScopeSchemaUrl, s.ServiceName AS ServiceName,
    p.MetricName AS MetricName, s.MetricDescription AS MetricDescription, s.MetricUnit AS MetricUnit,
    s.Attributes AS Attributes, p.StartTimeUnix AS StartTimeUnix, p.TimeUnix AS TimeUnix,
    p.Value AS Value, p.Flags AS Flags,
    e.FilteredAttributes AS `Exemplars.FilteredAttributes`, e.Times AS `Exemplars.TimeUnix`,
    e.Values AS `Exemplars.Value`, e.SpanIds AS `Exemplars.SpanId`, e.TraceIds AS `Exemplars.TraceId`,
    p.ValueInt AS ValueInt, p.ValueKind AS ValueKind,
    p.SeriesHash AS SeriesHash, p.Project AS Project
FROM metric_points AS p FINAL
INNER JOIN
(
    SELECT Project, MetricName, SeriesHash, any(AggregationTemporality) AS AggregationTemporality,
        any(IsMonotonic) AS IsMonotonic, any(MetricUnit) AS MetricUnit, any(MetricDescription) AS MetricDescription,
        any(ServiceName) AS ServiceName, any(ResourceAttributes) AS ResourceAttributes,
        any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName, any(ScopeVersion) AS ScopeVersion,
        any(ScopeAttributes) AS ScopeAttributes, any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(Attributes) AS Attributes
    FROM metric_series
    WHERE MetricType = 'gauge'
    GROUP BY Project, MetricName, SeriesHash
) AS s ON p.Project = s.Project AND p.MetricName = s.MetricName AND p.SeriesHash = s.SeriesHash
LEFT JOIN
(
    SELECT Project, MetricName, SeriesHash, PointTime, groupArray(FilteredAttributes) AS FilteredAttributes,
        groupArray(TimeUnix) AS Times, groupArray(Value) AS Values, groupArray(SpanId) AS SpanIds,
        groupArray(TraceId) AS TraceIds
    FROM metric_exemplars FINAL
    GROUP BY Project, MetricName, SeriesHash, PointTime
) AS e ON p.Project = e.Project AND p.MetricName = e.MetricName AND p.SeriesHash = e.SeriesHash
    AND p.TimeUnix = e.PointTime;

CREATE VIEW otel_metrics_sum ${on_cluster} AS
SELECT
    s.ResourceAttributes AS ResourceAttributes, s.ResourceSchemaUrl AS ResourceSchemaUrl,
    s.ScopeName AS ScopeName, s.ScopeVersion AS ScopeVersion, s.ScopeAttributes AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount, s.ScopeSchemaUrl AS ScopeSchemaUrl, s.ServiceName AS ServiceName,
    p.MetricName AS MetricName, s.MetricDescription AS MetricDescription, s.MetricUnit AS MetricUnit,
    s.Attributes AS Attributes, p.StartTimeUnix AS StartTimeUnix, p.TimeUnix AS TimeUnix,
    p.Value AS Value, p.Flags AS Flags,
    e.FilteredAttributes AS `Exemplars.FilteredAttributes`, e.Times AS `Exemplars.TimeUnix`,
    e.Values AS `Exemplars.Value`, e.SpanIds AS `Exemplars.SpanId`, e.TraceIds AS `Exemplars.TraceId`,
    toInt32(s.AggregationTemporality) AS AggregationTemporality, s.IsMonotonic AS IsMonotonic,
    p.ValueInt AS ValueInt, p.ValueKind AS ValueKind,
    p.SeriesHash AS SeriesHash, p.Project AS Project
FROM metric_points AS p FINAL
INNER JOIN
(
    SELECT Project, MetricName, SeriesHash, any(AggregationTemporality) AS AggregationTemporality,
        any(IsMonotonic) AS IsMonotonic, any(MetricUnit) AS MetricUnit, any(MetricDescription) AS MetricDescription,
        any(ServiceName) AS ServiceName, any(ResourceAttributes) AS ResourceAttributes,
        any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName, any(ScopeVersion) AS ScopeVersion,
        any(ScopeAttributes) AS ScopeAttributes, any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(Attributes) AS Attributes
    FROM metric_series
    WHERE MetricType = 'sum'
    GROUP BY Project, MetricName, SeriesHash
) AS s ON p.Project = s.Project AND p.MetricName = s.MetricName AND p.SeriesHash = s.SeriesHash
LEFT JOIN
(
    SELECT Project, MetricName, SeriesHash, PointTime, groupArray(FilteredAttributes) AS FilteredAttributes,
        groupArray(TimeUnix) AS Times, groupArray(Value) AS Values, groupArray(SpanId) AS SpanIds,
        groupArray(TraceId) AS TraceIds
    FROM metric_exemplars FINAL
    GROUP BY Project, MetricName, SeriesHash, PointTime
) AS e ON p.Project = e.Project AND p.MetricName = e.MetricName AND p.SeriesHash = e.SeriesHash
    AND p.TimeUnix = e.PointTime;

CREATE VIEW otel_metrics_histogram ${on_cluster} AS
SELECT
    s.ResourceAttributes AS ResourceAttributes, s.ResourceSchemaUrl AS ResourceSchemaUrl,
    s.ScopeName AS ScopeName, s.ScopeVersion AS ScopeVersion, s.ScopeAttributes AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount, s.ScopeSchemaUrl AS ScopeSchemaUrl, s.ServiceName AS ServiceName,
    p.MetricName AS MetricName, s.MetricDescription AS MetricDescription, s.MetricUnit AS MetricUnit,
    s.Attributes AS Attributes, p.StartTimeUnix AS StartTimeUnix, p.TimeUnix AS TimeUnix,
    p.Count AS Count, p.Sum AS Sum, p.BucketCounts AS BucketCounts, p.ExplicitBounds AS ExplicitBounds,
    e.FilteredAttributes AS `Exemplars.FilteredAttributes`, e.Times AS `Exemplars.TimeUnix`,
    e.Values AS `Exemplars.Value`, e.SpanIds AS `Exemplars.SpanId`, e.TraceIds AS `Exemplars.TraceId`,
    p.Flags AS Flags, p.Min AS Min, p.Max AS Max,
    toInt32(s.AggregationTemporality) AS AggregationTemporality,
    p.SeriesHash AS SeriesHash, p.Project AS Project
FROM metric_histograms AS p FINAL
INNER JOIN
(
    SELECT Project, MetricName, SeriesHash, any(AggregationTemporality) AS AggregationTemporality,
        any(IsMonotonic) AS IsMonotonic, any(MetricUnit) AS MetricUnit, any(MetricDescription) AS MetricDescription,
        any(ServiceName) AS ServiceName, any(ResourceAttributes) AS ResourceAttributes,
        any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName, any(ScopeVersion) AS ScopeVersion,
        any(ScopeAttributes) AS ScopeAttributes, any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(Attributes) AS Attributes
    FROM metric_series
    WHERE MetricType = 'histogram'
    GROUP BY Project, MetricName, SeriesHash
) AS s ON p.Project = s.Project AND p.MetricName = s.MetricName AND p.SeriesHash = s.SeriesHash
LEFT JOIN
(
    SELECT Project, MetricName, SeriesHash, PointTime, groupArray(FilteredAttributes) AS FilteredAttributes,
        groupArray(TimeUnix) AS Times, groupArray(Value) AS Values, groupArray(SpanId) AS SpanIds,
        groupArray(TraceId) AS TraceIds
    FROM metric_exemplars FINAL
    GROUP BY Project, MetricName, SeriesHash, PointTime
) AS e ON p.Project = e.Project AND p.MetricName = e.MetricName AND p.SeriesHash = e.SeriesHash
    AND p.TimeUnix = e.PointTime;

CREATE VIEW otel_metrics_exp_histogram ${on_cluster} AS
SELECT
    s.ResourceAttributes AS ResourceAttributes, s.ResourceSchemaUrl AS ResourceSchemaUrl,
    s.ScopeName AS ScopeName, s.ScopeVersion AS ScopeVersion, s.ScopeAttributes AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount, s.ScopeSchemaUrl AS ScopeSchemaUrl, s.ServiceName AS ServiceName,
    p.MetricName AS MetricName, s.MetricDescription AS MetricDescription, s.MetricUnit AS MetricUnit,
    s.Attributes AS Attributes, p.StartTimeUnix AS StartTimeUnix, p.TimeUnix AS TimeUnix,
    p.Count AS Count, p.Sum AS Sum, p.Scale AS Scale, p.ZeroCount AS ZeroCount,
    p.PositiveOffset AS PositiveOffset, p.PositiveBucketCounts AS PositiveBucketCounts,
    p.NegativeOffset AS NegativeOffset, p.NegativeBucketCounts AS NegativeBucketCounts,
    e.FilteredAttributes AS `Exemplars.FilteredAttributes`, e.Times AS `Exemplars.TimeUnix`,
    e.Values AS `Exemplars.Value`, e.SpanIds AS `Exemplars.SpanId`, e.TraceIds AS `Exemplars.TraceId`,
    p.Flags AS Flags, p.Min AS Min, p.Max AS Max,
    toInt32(s.AggregationTemporality) AS AggregationTemporality, p.ZeroThreshold AS ZeroThreshold,
    p.SeriesHash AS SeriesHash, p.Project AS Project
FROM metric_exp_histograms AS p FINAL
INNER JOIN
(
    SELECT Project, MetricName, SeriesHash, any(AggregationTemporality) AS AggregationTemporality,
        any(IsMonotonic) AS IsMonotonic, any(MetricUnit) AS MetricUnit, any(MetricDescription) AS MetricDescription,
        any(ServiceName) AS ServiceName, any(ResourceAttributes) AS ResourceAttributes,
        any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName, any(ScopeVersion) AS ScopeVersion,
        any(ScopeAttributes) AS ScopeAttributes, any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(Attributes) AS Attributes
    FROM metric_series
    WHERE MetricType = 'exponential_histogram'
    GROUP BY Project, MetricName, SeriesHash
) AS s ON p.Project = s.Project AND p.MetricName = s.MetricName AND p.SeriesHash = s.SeriesHash
LEFT JOIN
(
    SELECT Project, MetricName, SeriesHash, PointTime, groupArray(FilteredAttributes) AS FilteredAttributes,
        groupArray(TimeUnix) AS Times, groupArray(Value) AS Values, groupArray(SpanId) AS SpanIds,
        groupArray(TraceId) AS TraceIds
    FROM metric_exemplars FINAL
    GROUP BY Project, MetricName, SeriesHash, PointTime
) AS e ON p.Project = e.Project AND p.MetricName = e.MetricName AND p.SeriesHash = e.SeriesHash
    AND p.TimeUnix = e.PointTime;

-- The name that older exporters and HyperDX use.
CREATE VIEW otel_metrics_exponential_histogram ${on_cluster} AS SELECT * FROM otel_metrics_exp_histogram;

CREATE VIEW otel_metrics_summary ${on_cluster} AS
SELECT
    s.ResourceAttributes AS ResourceAttributes, s.ResourceSchemaUrl AS ResourceSchemaUrl,
    s.ScopeName AS ScopeName, s.ScopeVersion AS ScopeVersion, s.ScopeAttributes AS ScopeAttributes,
    toUInt32(0) AS ScopeDroppedAttrCount, s.ScopeSchemaUrl AS ScopeSchemaUrl, s.ServiceName AS ServiceName,
    p.MetricName AS MetricName, s.MetricDescription AS MetricDescription, s.MetricUnit AS MetricUnit,
    s.Attributes AS Attributes, p.StartTimeUnix AS StartTimeUnix, p.TimeUnix AS TimeUnix,
    p.Count AS Count, p.Sum AS Sum, p.Quantiles AS `ValueAtQuantiles.Quantile`,
    p.QuantileValues AS `ValueAtQuantiles.Value`, p.Flags AS Flags,
    p.SeriesHash AS SeriesHash, p.Project AS Project
FROM metric_summaries AS p FINAL
INNER JOIN
(
    SELECT Project, MetricName, SeriesHash, any(AggregationTemporality) AS AggregationTemporality,
        any(IsMonotonic) AS IsMonotonic, any(MetricUnit) AS MetricUnit, any(MetricDescription) AS MetricDescription,
        any(ServiceName) AS ServiceName, any(ResourceAttributes) AS ResourceAttributes,
        any(ResourceSchemaUrl) AS ResourceSchemaUrl, any(ScopeName) AS ScopeName, any(ScopeVersion) AS ScopeVersion,
        any(ScopeAttributes) AS ScopeAttributes, any(ScopeSchemaUrl) AS ScopeSchemaUrl, any(Attributes) AS Attributes
    FROM metric_series
    WHERE MetricType = 'summary'
    GROUP BY Project, MetricName, SeriesHash
) AS s ON p.Project = s.Project AND p.MetricName = s.MetricName AND p.SeriesHash = s.SeriesHash;
