// Makes a replica set of this one node unless it is there, and waits until it takes writes. Run by mongosh, any number of times.
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
}
for (let round = 0; round < 120 && !db.hello().isWritablePrimary; round += 1) sleep(500);
if (!db.hello().isWritablePrimary) {
  print("The replica set rs0 has no primary after a minute: look at the log of the service mongo.");
  quit(1);
}
print("The replica set rs0 takes writes.");
