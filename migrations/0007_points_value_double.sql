-- Value held every number as a double, integers once more. From here on the column holds only the values of double
-- points; 0008 brings Value back as an expression. Alone in its file: only so can it be repeated after a crash.
ALTER TABLE metric_points ${on_cluster} RENAME COLUMN IF EXISTS `Value` TO `ValueDouble`;
