import { Modal } from "@mantine/core";
import type { Channel, Delivery } from "../api/types";
import { Empty } from "../kit/Empty";
import { Loaded } from "../kit/Loaded";
import { StateChip } from "../kit/StateChip";
import { When } from "../kit/Time";
import { useDeliveries } from "./hooks";
import classes from "./Notice.module.css";

/** The latest that went over a channel, and why it did not arrive. */
export function DeliveriesDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
    const deliveries = useDeliveries(channel.id);
    return (
        <Modal opened onClose={onClose} title={`Deliveries over ${channel.name}`} size="lg">
            <Loaded of={deliveries}>
                {(all) =>
                    all.length === 0 ? (
                        <Empty small bare text="Nothing went over it yet. Send a test to see whether it arrives." />
                    ) : (
                        <ul className={classes.list}>
                            {all.map((one) => (
                                <Row key={one.id} delivery={one} />
                            ))}
                        </ul>
                    )
                }
            </Loaded>
        </Modal>
    );
}

function Row({ delivery }: { delivery: Delivery }) {
    const { attempts } = delivery;
    const problem = attempts[attempts.length - 1]?.problem;
    return (
        <li className={classes.row}>
            <StateChip state={delivery.state} />
            <div className={classes.said}>
                <div className={classes.title}>{delivery.title}</div>
                {problem && (
                    <div className={classes.text}>
                        {attempts.length > 1 ? `${attempts.length} tries; the last: ` : ""}
                        {problem}
                        {delivery.state === "dead" && " It is not tried again."}
                    </div>
                )}
                {delivery.state === "waiting" && attempts.length > 0 && delivery.dueAt && (
                    <div className={classes.text}>
                        Tried again <When at={delivery.dueAt} />
                    </div>
                )}
            </div>
            <span className={classes.when}>
                <When at={delivery.createdAt} />
            </span>
        </li>
    );
}
