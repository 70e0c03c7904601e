{{/* What every pod of the platform has in common. Arguments: root, service (registry, router,
metrics), task (serve, follow, migrate, verify-ledger). */}}

{{- define "name" -}}
{{ printf "%s-%s" .root.Release.Name .service | trunc 50 }}{{ if ne .task "serve" }}-{{ .task }}{{ end }}
{{- end }}

{{- define "selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/name: {{ .service }}
app.kubernetes.io/component: {{ .task }}
{{- end }}

{{- define "labels" -}}
{{ include "selector" . }}
app.kubernetes.io/part-of: social-organizations
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "image" -}}
{{- $values := .root.Values -}}
{{- with $values.image.registry }}{{ . }}/{{ end -}}
{{ (index $values .service).image }}:{{ $values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* A file from a Secret that exists: list of secret, path, and where in the values it is named. */}}
{{- define "secret-file" -}}
{{- $secret := index . 0 -}}
{{- if not $secret.name }}{{ fail (printf "%s.name is empty: name the Secret whose key %q is to be used" (index . 2) $secret.key) }}{{ end -}}
- secret:
    name: {{ $secret.name }}
    items: [{key: {{ $secret.key }}, path: {{ index . 1 }}}]
{{- end }}

{{- define "env" -}}
{{- $values := index .root.Values .service -}}
{{- $prefix := upper .service -}}
{{- $oidc := .root.Values.oidc -}}
{{- $env := dict
  (printf "%s_JWKS_URL" $prefix) $oidc.jwksUrl
  (printf "%s_ISSUER" $prefix) $oidc.issuer
  (printf "%s_AUDIENCE" $prefix) $oidc.audience
  (printf "%s_LOG_LEVEL" $prefix) .root.Values.logLevel
  (printf "%s_DRAIN_SECONDS" $prefix) (toString .root.Values.drainSeconds)
  (printf "%s_SHUTDOWN_GRACE_SECONDS" $prefix) (toString .root.Values.graceSeconds) -}}
{{- with .root.Values.tracing.endpoint }}{{ $_ := set $env (printf "%s_OTLP_ENDPOINT" $prefix) . }}{{ end -}}
{{- if ne .service "metrics" }}{{ $_ := set $env (printf "%s_DIGEST_ALGORITHM" $prefix) .root.Values.digestAlgorithm }}{{ end -}}
{{- if eq .service "registry" -}}
{{- $_ := set $env "REGISTRY_KEY_RING_FILE" "/run/secrets/key_ring.json" -}}
{{- $_ := set $env "REGISTRY_NAME_CIPHER" $values.nameCipher -}}
{{- else -}}
{{- $_ := set $env (printf "%s_TOKEN_URL" $prefix) $oidc.tokenUrl -}}
{{- $_ := set $env (printf "%s_CLIENT_ID" $prefix) $values.client.id -}}
{{- $_ := set $env (printf "%s_CLIENT_SECRET_FILE" $prefix) "/run/secrets/client_secret" -}}
{{- $_ := set $env (printf "%s_REGISTRY_URL" $prefix) (printf "http://%s-registry" .root.Release.Name) -}}
{{- end -}}
{{- if ne .service "router" }}{{ $_ := set $env (printf "%s_ROUTER_URL" $prefix) (printf "http://%s-router" .root.Release.Name) }}{{ end -}}
{{- range $name, $value := merge (deepCopy $values.env) $env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "secrets" -}}
{{- $values := index .root.Values .service -}}
{{- $prefix := upper .service -}}
{{ include "secret-file" (list $values.databaseSecret (printf "%s_DATABASE_URL" $prefix) (printf "%s.databaseSecret" .service)) }}
{{- if $values.readDatabaseSecret.name }}
{{ include "secret-file" (list $values.readDatabaseSecret (printf "%s_READ_DATABASE_URL" $prefix) "") }}
{{- end }}
{{- if eq .service "registry" }}
{{ include "secret-file" (list $values.keyRingSecret "key_ring.json" "registry.keyRingSecret") }}
{{- else }}
{{ include "secret-file" (list $values.client.secret "client_secret" (printf "%s.client.secret" .service)) }}
{{- end }}
{{- end }}

{{/* The pod; argument resources beside the common ones. */}}
{{- define "pod" -}}
metadata:
  labels:
    {{- include "labels" . | nindent 4 }}
  {{- with .root.Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add .root.Values.drainSeconds .root.Values.graceSeconds 10 }}
  {{- if has .task (list "migrate" "verify-ledger") }}
  restartPolicy: Never
  {{- end }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if has .task (list "serve" "follow") }}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "selector" $ | nindent 10 }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: {{ .task }}
      image: {{ include "image" . | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .task }}]
      env:
        {{- include "env" . | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources:
        {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - {name: secrets, mountPath: /run/secrets, readOnly: true}
        - {name: tmp, mountPath: /tmp}
      {{- if has .task (list "serve" "follow") }}
      ports: [{name: http, containerPort: 8000}]
      startupProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        periodSeconds: 2
        timeoutSeconds: 6
        failureThreshold: 1
      {{- end }}
  volumes:
    - name: secrets
      projected:
        defaultMode: 0440
        sources:
          {{- include "secrets" . | nindent 10 }}
    - name: tmp
      emptyDir: {sizeLimit: 2Gi}
{{- end }}
