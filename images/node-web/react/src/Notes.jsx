import { useState } from "react";

export function Notes() {
  const [notes, setNotes] = useState([]);
  const [text, setText] = useState("");
  const add = (event) => {
    event.preventDefault();
    setNotes([...notes, text]);
    setText("");
  };
  return (
    <form className="notes" onSubmit={add}>
      <input value={text} onChange={(event) => setText(event.target.value)} />
      <button disabled={text === ""}>Add</button>
      <ul>
        {notes.map((note, index) => (
          <li key={index}>{note}</li>
        ))}
      </ul>
    </form>
  );
}
