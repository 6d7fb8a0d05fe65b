package dev.taskorder.activities.matching.model;

import dev.taskorder.api.asset.AssetStatus;
import java.math.BigDecimal;
import java.util.Set;

/**
 * Something that happens. A step speaks of orders and assets by name and does nothing if they are not there, so that a
 * sequence of steps means the same when some are left out.
 */
public sealed interface Step {
    void happensIn(World world);

    /** The matcher looks; what happened since the last time it sees at once. */
    record Looks() implements Step {
        @Override
        public void happensIn(World world) {
            Reference.look(world);
        }
    }

    record Put(Asset asset) implements Step {
        @Override
        public void happensIn(World world) {
            world.put(asset);
        }
    }

    record SetStatus(String asset, AssetStatus status) implements Step {
        @Override
        public void happensIn(World world) {
            Asset now = world.asset(asset);
            if (now != null) {
                world.put(now.with(status));
            }
        }
    }

    record SetHealth(String asset, BigDecimal health) implements Step {
        @Override
        public void happensIn(World world) {
            Asset now = world.asset(asset);
            if (now != null) {
                world.put(now.withHealth(health));
            }
        }
    }

    record SetCost(String asset, BigDecimal cost) implements Step {
        @Override
        public void happensIn(World world) {
            Asset now = world.asset(asset);
            if (now != null) {
                world.put(now.withCost(cost));
            }
        }
    }

    record SetCapacity(String asset, int capacity) implements Step {
        @Override
        public void happensIn(World world) {
            Asset now = world.asset(asset);
            if (now != null) {
                world.put(now.withCapacity(capacity));
            }
        }
    }

    record Create(Order.Header order, int priority) implements Step {
        @Override
        public void happensIn(World world) {
            world.create(order, priority);
        }
    }

    record Reprioritise(String order, int priority) implements Step {
        @Override
        public void happensIn(World world) {
            world.reprioritise(order, priority);
        }
    }

    /** It finishes or is cancelled. */
    record End(String order) implements Step {
        @Override
        public void happensIn(World world) {
            world.end(order);
        }
    }

    record Abandon(String order) implements Step {
        @Override
        public void happensIn(World world) {
            world.abandon(order);
        }
    }

    record Exchange(String order, Set<Integer> badLeases) implements Step {
        @Override
        public void happensIn(World world) {
            world.exchange(order, badLeases);
        }
    }

    record LetGo(String order) implements Step {
        @Override
        public void happensIn(World world) {
            world.letGo(order);
        }
    }

    record Passes(long ms) implements Step {
        @Override
        public void happensIn(World world) {
            world.passes(ms);
        }
    }

    record SetBudget(String owner, World.Budget budget) implements Step {
        @Override
        public void happensIn(World world) {
            world.budget(owner, budget);
        }
    }

    record SetQuota(int running) implements Step {
        @Override
        public void happensIn(World world) {
            world.mayRun(running);
        }
    }

    record Executor(String taskType, boolean there) implements Step {
        @Override
        public void happensIn(World world) {
            world.executor(taskType, there);
        }
    }
}
