import { useStore } from '../ui/store';
import { JoinForm } from './JoinForm';
import { RoomView } from './RoomView';
import { seat } from './seat';

export function JoinView() {
  const session = useStore(seat);
  return session ? <RoomView key={session.room} session={session} /> : <JoinForm />;
}
