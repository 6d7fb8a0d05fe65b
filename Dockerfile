# The application as an image: built from this tree, run by a user that owns nothing of it but the folder for the first
# operator's key. Settings come from the environment; docker-compose.yml has an example of each that is needed.

FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# the cache outlives the layer, so that a changed line does not download everything again
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -q -Dfast -DskipTests package -pl starter -am && \
    java -Djarmode=tools -jar starter/target/taskorder.jar extract --layers --destination /layers

FROM eclipse-temurin:17.0.17_10-jre-noble
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin taskorder && \
    install --directory --owner=taskorder --mode=0700 /var/lib/taskorder
WORKDIR /opt/taskorder
# what changes least comes first
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
USER taskorder
ENV TASKORDER_BOOTSTRAP_KEY_FILE=/var/lib/taskorder/operator-key
EXPOSE 8080 8081
# by the shell itself: the image has no program for it that is sure to stay
HEALTHCHECK --interval=5s --timeout=5s --start-period=90s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
# an argument is a setting, or `new-operator-key`
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-jar", "taskorder.jar"]
