package io.ropewalk.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.ropewalk.spi.RunId;
import io.ropewalk.spi.executor.Resources;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final RunId A = new RunId("a");
    private static final RunId B = new RunId("b");
    private static final RunId C = new RunId("c");
    private static final long GIB = 1L << 30;

    private final Ledger ledger = new Ledger(new Resources(4000, 8 * GIB, 1));

    @Test
    void whatFitsIsGivenAtOnce() {
        assertThat(ledger.request(A, new Resources(3000, GIB, 0))).isTrue();
        assertThat(ledger.inUse()).isEqualTo(new Resources(3000, GIB, 0));
    }

    @Test
    void whatDoesNotFitWaitsAndSaysWhy() {
        ledger.request(A, new Resources(3000, GIB, 0));
        assertThat(ledger.request(B, new Resources(3000, GIB, 1))).isFalse();
        assertThat(ledger.reason(B)).isEqualTo("needs 3 CPUs, 1 free");
    }

    @Test
    void nobodyOvertakesTheFirstInTheQueue() {
        ledger.request(A, new Resources(3000, GIB, 0));
        ledger.request(B, new Resources(2000, GIB, 0));
        assertThat(ledger.request(C, new Resources(1000, GIB, 0))).isFalse();
        assertThat(ledger.reason(C)).isEqualTo("waits for its turn; 1 before it");
        assertThat(ledger.release(A)).containsExactly(B, C);
    }

    @Test
    void oneWhoGivesUpLetsTheNextComeUp() {
        ledger.request(A, new Resources(3000, GIB, 0));
        ledger.request(B, new Resources(2000, GIB, 0));
        ledger.request(C, new Resources(1000, GIB, 0));
        assertThat(ledger.release(B)).containsExactly(C);
    }

    @Test
    void askingAgainChangesNothing() {
        ledger.request(A, new Resources(3000, GIB, 0));
        assertThat(ledger.request(A, new Resources(3000, GIB, 0))).isTrue();
        assertThat(ledger.inUse().milliCpu()).isEqualTo(3000);
    }

    @Test
    void whatTheMachineNeverHasIsImpossible() {
        assertThat(ledger.impossible(new Resources(4500, 9 * GIB, 2)))
                .hasValue(
                        "needs 4.50 CPUs, 4 in all; needs 9.00 GiB of memory, 8.00 GiB in all; needs 2 GPUs, 1 in all");
        assertThat(ledger.impossible(new Resources(4000, 8 * GIB, 1))).isEmpty();
    }

    @Test
    void aRestoredAccountIsAsBefore() {
        ledger.restore(A, new Resources(4000, GIB, 0));
        assertThat(ledger.request(B, new Resources(1000, 0, 0))).isFalse();
        assertThat(ledger.release(A)).containsExactly(B);
    }
}
